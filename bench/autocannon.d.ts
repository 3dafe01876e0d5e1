/** What is used of autocannon, which brings no types. */
declare module 'autocannon' {
  export interface Result {
    /** Milliseconds. */
    latency: { p50: number; p97_5: number };
    requests: { average: number };
    non2xx: number;
    errors: number;
  }
  export default function autocannon(
    options: { url: string; connections: number; duration: number },
  ): Promise<Result>;
}
