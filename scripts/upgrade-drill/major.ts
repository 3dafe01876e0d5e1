import { copy } from '../upgrade/copy.ts';
import { at, type End, UpgradeProblem } from '../upgrade/ends.ts';
import { finish, switchOver } from '../upgrade/switch.ts';
import { type Guests, type Leg, takeLeg } from './legs.ts';
import type { TwoServers } from './two-servers.ts';

/**
 * A new server is filled while guests book and pay; a copy that was tampered with is refused; the new one takes over, the
 * old one follows and takes over again, with what was booked meanwhile.
 */
export async function drillMajor({ old, next, gate }: TwoServers, guests: Guests): Promise<Leg[]> {
  const { say } = guests;
  const change = (from: End, to: End) => async () => {
    const { pausedMs, compared } = await switchOver({ from, to, gate, compare: 'meanwhile', say });
    return `clients waited ${(pausedMs / 1000).toFixed(1)} s; ` +
      `${compared.tables} tables, ${compared.rows} rows compared`;
  };
  const legs = [
    await takeLeg(guests, 'copy to the new server', async () => {
      await copy({ old, next, say });
      return 'it follows';
    }, { isLong: true }),
    await takeLeg(guests, 'a copy that differs', async () => {
      const tamper = (detail: string) =>
        at(
          next,
          (client) =>
            client.query(`update private.refusals set detail = ${detail} where code = 'not_found'`),
        );
      await tamper(`'So. ' || detail`);
      const refusal = await change(old, next)().catch((error) => error);
      if (!(refusal instanceof UpgradeProblem) || !refusal.message.includes('private.refusals')) {
        throw new Error(`A copy that differs was not refused: ${JSON.stringify(refusal)}`);
      }
      await tamper('substr(detail, 5)');
      return 'is refused, and the old server goes on';
    }),
    await takeLeg(guests, 'switch to the new server', change(old, next)),
    await takeLeg(guests, 'back to the old server', change(next, old)),
    await takeLeg(guests, 'to the new server again', change(old, next)),
  ];
  await finish([old, next]);
  return legs;
}
