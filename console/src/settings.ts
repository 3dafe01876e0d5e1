/** Where this site finds its backend. */
export interface Settings {
  /** The address of Supabase: of the gateway, on the embedded stack. */
  url: string;
  /** The publishable key. */
  key: string;
  /** `turnstile:SITEKEY` or `hcaptcha:SITEKEY`, where Auth asks for a CAPTCHA. */
  captcha?: string;
}

/**
 * Whoever serves the page may write the settings into it, as the embedded stack does; else they are those
 * it was built with.
 */
export const settings: Settings = {
  url: import.meta.env['VITE_STAYBASE_URL'] ?? location.origin,
  key: import.meta.env['VITE_STAYBASE_KEY'] ?? '',
  captcha: import.meta.env['VITE_CAPTCHA'],
  ...JSON.parse(document.getElementById('settings')?.textContent ?? '{}'),
};
