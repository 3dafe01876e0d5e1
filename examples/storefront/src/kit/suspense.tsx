import type { ComponentChildren } from 'preact';
import { ErrorBoundary } from 'preact-iso/lazy';

/** Shows nothing in the place of a part whose script is on its way. */
export const Suspense = ({ children }: { children: ComponentChildren }) => (
  <ErrorBoundary>{children}</ErrorBoundary>
);
