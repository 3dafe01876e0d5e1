export { default } from './homes-en.ts';
