/** The IP addresses that a name has now. IPv4 first: not every machine reaches the other one. */
export async function addressesOf(name: string): Promise<string[]> {
  const families = await Promise.allSettled([
    Deno.resolveDns(name, 'A'),
    Deno.resolveDns(name, 'AAAA'),
  ]);
  return families.flatMap((family) => family.status === 'fulfilled' ? family.value : []);
}
