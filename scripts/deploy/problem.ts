/** Something that whoever deploys has to put right; the message says what and how. */
export class DeployProblem extends Error {}
