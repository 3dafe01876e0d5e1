/** Where this site finds its backend. */
export interface Settings {
  /** The address of Supabase: of the gateway, on the embedded stack. */
  url: string;
  /** The publishable key. */
  key: string;
}

/**
 * Whoever serves the page may write the settings into it, as the embedded stack does; else they are those
 * it was built with.
 */
export const settings: Settings = {
  url: import.meta.env['VITE_STAYBASE_URL'] ?? location.origin,
  key: import.meta.env['VITE_STAYBASE_KEY'] ?? '',
  ...JSON.parse(document.getElementById('settings')?.textContent ?? '{}'),
};
