export function writeSite(folder: string): void { throw new Error(folder); }
