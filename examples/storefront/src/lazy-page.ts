import lazy from 'preact-iso/lazy';

/** A page that comes with the words it shows. */
export const page = <Props>(
  load: () => Promise<{ default: (props: Props) => preact.JSX.Element | null }>,
  ...words: { load(): Promise<void> }[]
) =>
  lazy(async () => {
    const [module] = await Promise.all([load(), ...words.map((each) => each.load())]);
    return module;
  });
