/** What is used of autocannon, which brings no types. */
declare module 'autocannon' {
  export interface Result {
    /** Milliseconds. */
    latency: { p50: number; p97_5: number };
    requests: { average: number; total: number };
    non2xx: number;
    errors: number;
  }
  export default function autocannon(
    options: {
      url: string;
      connections: number;
      duration: number;
      /** Asked in turn by each connection; without them, the address alone. */
      requests?: { path: string }[];
    },
  ): Promise<Result>;
}
