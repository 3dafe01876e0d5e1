export { codeOf, type ErrorCode } from '../../types/errors.ts';
