/** Something the person who imports or exports can put right. The message says how. */
export class DataProblem extends Error {}
