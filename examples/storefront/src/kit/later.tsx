import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** A part of a page whose script is loaded when it is first shown; empty until then. */
export function later<Props extends object>(
  load: () => Promise<{ default: ComponentType<Props> }>,
): (props: Props) => preact.JSX.Element | null {
  let Loaded: ComponentType<Props> | undefined;
  return function Later(props) {
    const [, update] = useState(0);
    useEffect(() => {
      if (Loaded) return;
      void load().then((module) => {
        Loaded = module.default;
        update(1);
      });
    }, []);
    return Loaded ? <Loaded {...props} /> : null;
  };
}
