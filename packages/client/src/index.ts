/** What a frontend of Staybase needs in addition to supabase-js. */
export * from '../../../types/index.ts';
export { strangersByGet } from './by-get.ts';
export { type Captcha, createCaptcha } from './captcha.ts';
export { type Cache, createCache, type State } from './cache.ts';
export { createStaybase, must, type Staybase } from './client.ts';
export {
  addDays,
  daysBetween,
  formatDay,
  formatStay,
  nightsBetween,
  todayIn,
  weekdayOf,
} from './days.ts';
export { live, liveConversation, type LiveEvent, livePerson } from './live.ts';
export { formatMoney, minorDigits, parseMoney } from './money.ts';
export {
  addPhoto,
  type PhotoOptions,
  photoUrl,
  shrinkPhoto,
  uploadAvatar,
  uploadPhoto,
} from './photos.ts';
export {
  booking,
  conversation,
  home,
  homeWithLists,
  hostBookings,
  hosting,
  inbox,
  notifications,
  quote,
  type Search,
  search,
  type SearchCriteria,
  type Stay,
  trips,
  unreadNotifications,
  wishlist,
  wishlists,
} from './queries.ts';
export { readReplicas } from './replicas.ts';
export { forgetWithSession } from './session.ts';
export {
  type AnswerOf,
  type ArgumentsOf,
  ask,
  call,
  callFunction,
  type Given,
  type Query,
  query,
  type Verb,
} from './verbs.ts';
