import { createCaptcha } from '@staybase/client';
import { useEffect, useRef } from 'preact/hooks';
import { settings } from '../../settings.ts';

const captcha = settings.captcha ? createCaptcha(settings.captcha) : undefined;

/** The CAPTCHA of a form, where the site has one. */
export function CaptchaBox() {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => captcha?.show(place.current!), []);
  return captcha ? <div class='captcha' ref={place} /> : null;
}

/** For one request to Auth; waits until the CAPTCHA is solved. */
export const solved = async (): Promise<{ captchaToken?: string }> =>
  captcha ? { captchaToken: await captcha.token() } : {};
