import { useRef, useState } from 'preact/hooks';

export interface Action<Given extends unknown[]> {
  (...given: Given): Promise<boolean>;
  busy: boolean;
  error: unknown;
  clear(): void;
}

/** An action of the reader: one at a time, keeps its refusal to show; resolves to whether it succeeded. */
export function useAction<Given extends unknown[]>(
  deed: (...given: Given) => Promise<unknown>,
): Action<Given> {
  const [state, set] = useState<{ busy: boolean; error: unknown }>({ busy: false, error: null });
  const isRunning = useRef(false);
  const run = async (...given: Given): Promise<boolean> => {
    if (isRunning.current) return false;
    isRunning.current = true;
    set({ busy: true, error: null });
    try {
      await deed(...given);
      set({ busy: false, error: null });
      return true;
    } catch (error) {
      set({ busy: false, error });
      return false;
    } finally {
      isRunning.current = false;
    }
  };
  return Object.assign(run, { ...state, clear: () => set({ busy: false, error: null }) });
}
