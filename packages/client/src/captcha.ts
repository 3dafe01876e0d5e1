/** Those that Supabase Auth checks, and where each has its script. */
const scripts = {
  turnstile: 'https://challenges.cloudflare.com/turnstile/v0/api.js',
  hcaptcha: 'https://js.hcaptcha.com/1/api.js',
};

type Provider = keyof typeof scripts;

/** What both have in common. */
interface Widgets {
  render(
    place: HTMLElement,
    options: {
      sitekey: string;
      callback(token: string): void;
      'expired-callback'(): void;
    },
  ): string;
  reset(widget: string): void;
  remove(widget: string): void;
}

/** A CAPTCHA on a page, for Auth with `[auth.captcha]`. */
export interface Captcha {
  /** Draws it in an element, and returns a function that takes it away. */
  show(place: HTMLElement): () => void;
  /**
   * The options of one request to Auth: waits until it is solved, then begins anew. Throws `captcha_failed` if its
   * script cannot be loaded.
   */
  options(): Promise<{ captchaToken?: string }>;
}

/**
 * The CAPTCHA of a site, loaded from its provider when it is first shown. Only in browsers.
 * @param setting `turnstile:SITEKEY` or `hcaptcha:SITEKEY`; undefined for a site without one
 */
export function createCaptcha(setting: string | undefined): Captcha {
  if (setting === undefined) {
    return { show: () => () => {}, options: () => Promise.resolve({}) };
  }
  const [provider = '', sitekey = ''] = setting.split(':');
  if (!(provider in scripts) || sitekey === '') {
    throw new Error(`"${setting}" is not turnstile:SITEKEY or hcaptcha:SITEKEY.`);
  }
  let solved = '';
  let failure: Error | undefined;
  let again = () => {};
  let wake = () => {};
  return {
    show(place) {
      let hide = () => {};
      let isHidden = false;
      failure = undefined;
      load(provider as Provider).then((widgets) => {
        if (isHidden) return;
        const widget = widgets.render(place, {
          sitekey,
          callback(token) {
            solved = token;
            wake();
          },
          'expired-callback': () => again(),
        });
        again = () => {
          solved = '';
          widgets.reset(widget);
        };
        hide = () => widgets.remove(widget);
      }, (error) => {
        failure = error;
        wake();
      });
      return () => {
        isHidden = true;
        solved = '';
        again = () => {};
        hide();
      };
    },
    async options() {
      while (solved === '' && failure === undefined) {
        await new Promise<void>((solve) => wake = solve);
      }
      if (failure !== undefined) throw failure;
      const captchaToken = solved;
      again();
      return { captchaToken };
    },
  };
}

const loaded: Partial<Record<Provider, Promise<Widgets>>> = {};

/** One that could not be loaded is tried again the next time. */
const load = (provider: Provider): Promise<Widgets> =>
  loaded[provider] ??= new Promise<Widgets>((resolve, reject) => {
    const script = document.createElement('script');
    script.src = `${scripts[provider]}?render=explicit&onload=captchaIsReady`;
    script.onerror = () => {
      delete loaded[provider];
      script.remove();
      reject(Object.assign(new Error('The CAPTCHA cannot be loaded.'), { code: 'captcha_failed' }));
    };
    Object.assign(globalThis, {
      captchaIsReady: () => resolve((globalThis as unknown as Record<Provider, Widgets>)[provider]),
    });
    document.head.append(script);
  });
