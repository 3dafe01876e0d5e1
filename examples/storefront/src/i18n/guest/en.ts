const words = {}; export type GuestWords = typeof words; export default words;
