/** What one side said in a case of a stay, after words that say whose it is; nothing while they have not. */
export function Said({ by, text }: { by: string; text: string | null }) {
  return text
    ? (
      <p class='prose'>
        <span class='strong'>{by}</span> {text}
      </p>
    )
    : null;
}
