import { createCaptcha } from '@staybase/client';
import { useEffect, useRef } from 'preact/hooks';
import { settings } from '../../settings.ts';

export const captcha = createCaptcha(settings.captcha);

/** Its place in a form, where the site has one. */
export function CaptchaBox() {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => place.current ? captcha.show(place.current) : undefined, []);
  return settings.captcha ? <div class='captcha' ref={place} /> : null;
}
