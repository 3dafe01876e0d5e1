/** Where this site finds its backend. */
export interface Settings {
  /** The address of Supabase: of the gateway, on the embedded stack. */
  url: string;
  /** The publishable key. */
  key: string;
  /** The fake Stripe of the embedded stack; cards are then typed into a form of this site. */
  fakeStripe?: string;
  /** Whether there is Realtime; without it, what is new is asked for now and then. True unless said. */
  realtime?: boolean;
  /** Stripe's publishable key; cards are then typed into Stripe's own form. */
  stripeKey?: string;
  /** `turnstile:SITEKEY` or `hcaptcha:SITEKEY`, where Auth asks for a CAPTCHA. */
  captcha?: string;
  /** Tiles of the map, such as `https://tiles.example/{z}/{x}/{y}.png`; without them a plain grid is drawn. */
  tiles?: string;
  /** Who has to be named on the map for the tiles. */
  tilesAttribution?: string;
}

const built = {
  url: import.meta.env['VITE_STAYBASE_URL'] ?? 'http://127.0.0.1:54321',
  key: import.meta.env['VITE_STAYBASE_KEY'] ?? '',
  fakeStripe: import.meta.env['VITE_FAKE_STRIPE'],
  stripeKey: import.meta.env['VITE_STRIPE_KEY'],
  captcha: import.meta.env['VITE_CAPTCHA'],
  tiles: import.meta.env['VITE_TILES'],
  tilesAttribution: import.meta.env['VITE_TILES_ATTRIBUTION'],
};

/**
 * Whoever serves the page may write the settings into it, as the embedded stack does; else they are those
 * it was built with.
 */
export const settings: Settings = {
  ...built,
  ...JSON.parse(document.getElementById('settings')?.textContent || '{}'),
};
settings.realtime ??= true;
