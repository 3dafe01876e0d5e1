import { render } from 'preact';
import { LocationProvider } from 'preact-iso';
import { base } from './parts/show.tsx';
import { Refused, SignIn } from './sign-in.tsx';
import { SecondFactor } from './second-factor.tsx';
import { useHere, WithSession } from './session.tsx';
import { Shell } from './shell.tsx';
import './style.css';

function Door() {
  const { standing } = useHere();
  switch (standing.state) {
    case 'asking':
      return (
        <main class='door'>
          <h1>Console</h1>
          <p role='status'>One moment…</p>
        </main>
      );
    case 'nobody':
      return <SignIn />;
    case 'second_factor':
      return <SecondFactor email={standing.email} />;
    case 'refused':
      return <Refused email={standing.email} problem={standing.problem} />;
    case 'staff':
      return (
        <LocationProvider scope={base}>
          <Shell email={standing.email} />
        </LocationProvider>
      );
  }
}

render(
  <WithSession>
    <Door />
  </WithSession>,
  document.getElementById('app')!,
);
