/**
 * Who may use what only this machine's own programs and pages should: mails, the fake Stripe's
 * controls, the keys of servers. They are known to everybody, and a browser of this machine is a
 * stranger's hand: a page of any site can send requests to 127.0.0.1, and a name that a stranger's DNS
 * points there ("rebinding") makes that page the same origin as ours. The one has an Origin that is not
 * ours or says that it comes cross-site, the other a Host that is not ours.
 *
 * A stack that is reached by another name answers to that one too, and then to its own pages alone: a
 * neighbour below the same domain, or at another port, is another site. Over plain http a browser tells
 * of no site; what it then lets another page do is load what it can't read.
 * @param publicUrl how people reach it, when that is not 127.0.0.1
 * @returns why a request may not; undefined when it may
 */
export function outsider(
  header: (name: string) => string | undefined,
  publicUrl?: string,
): string | undefined {
  const ours = publicUrl === undefined ? null : URL.parse(publicUrl);
  const names = `127.0.0.1${ours === null ? '' : `, ${ours.host}`} and localhost`;
  const host = header('host');
  const isHere = host !== undefined && isLoopback(`http://${host}`);
  const isPublic = ours !== null && host !== undefined &&
    URL.parse(`${ours.protocol}//${host}`)?.host === ours.host;
  if (!isHere && !isPublic) {
    return `This answers requests to ${names}, not to ${host ?? 'no host'}.`;
  }

  const origin = header('origin');
  if (origin !== undefined && !(isHere ? isLoopback(origin) : origin === ours?.origin)) {
    return `This answers pages of ${names}, not of ${origin}.`;
  }
  // A link that somebody follows shows them a page and tells the other site nothing.
  const isFollowed = header('sec-fetch-mode') === 'navigate' &&
    header('sec-fetch-dest') === 'document';
  const site = header('sec-fetch-site') ?? 'none';
  const isNear = ['none', 'same-origin', ...(isHere ? ['same-site'] : [])].includes(site);
  if (!isNear && !isFollowed) return `This answers pages of ${names}, not of other sites.`;
  return undefined;
}

/** Lets only pages of this machine show one of ours inside them. */
export const framedByOurs = {
  'content-security-policy': "frame-ancestors 'self' http://127.0.0.1:* http://localhost:*",
};

function isLoopback(address: string): boolean {
  let name: string;
  try {
    name = new URL(address).hostname;
  } catch {
    return false;
  }
  return name === 'localhost' || name.endsWith('.localhost') || name === '[::1]' ||
    /^127\.\d+\.\d+\.\d+$/.test(name);
}
