import type { HostWords } from './en.ts';
import words from './en.ts';
export default words as HostWords;
