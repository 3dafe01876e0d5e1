/**
 * Who may use what only this machine's own programs and pages should: mails, the fake Stripe's
 * controls, the keys of servers. They are known to everybody, and a browser of this machine is a
 * stranger's hand: a page of any site can send requests to 127.0.0.1, and a name that a stranger's DNS
 * points there ("rebinding") makes that page the same origin as ours. The one has an Origin that is not
 * ours or says that it comes cross-site, the other a Host that is not ours.
 * @returns why a request may not; undefined when it may
 */
export function outsider(header: (name: string) => string | undefined): string | undefined {
  const host = header('host');
  if (host === undefined || !isLoopback(`http://${host}`)) {
    return `This answers requests to 127.0.0.1 and localhost, not to ${host ?? 'no host'}.`;
  }
  const origin = header('origin');
  if (origin !== undefined && !isLoopback(origin)) {
    return `This answers pages of 127.0.0.1 and localhost, not of ${origin}.`;
  }
  // A link that somebody follows shows them a page and tells the other site nothing.
  const isFollowed = header('sec-fetch-mode') === 'navigate' &&
    header('sec-fetch-dest') === 'document';
  if (header('sec-fetch-site') === 'cross-site' && !isFollowed) {
    return 'This answers pages of 127.0.0.1 and localhost, not of other sites.';
  }
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
