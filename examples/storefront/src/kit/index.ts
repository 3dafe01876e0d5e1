export { Button, LinkButton } from './button.tsx';
export { Check, Field, Select, Stepper, TextArea } from './field.tsx';
export { Dialog } from './dialog.tsx';
export { Icon, type IconName } from './icons.tsx';
export {
  Avatar,
  Badge,
  EmptyState,
  ErrorBox,
  Loading,
  Notice,
  Skeleton,
  useRefusal,
} from './states.tsx';
export { toast } from './toast.tsx';
