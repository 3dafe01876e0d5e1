/** The site's name: in the title, header and footer, and as the sender of a local stack's e-mails. */
export { displayName as siteName } from '../package.json';
