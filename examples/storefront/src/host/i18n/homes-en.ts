const words = {}; export type HomeWords = typeof words; export default words;
