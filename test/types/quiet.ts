/** An action for the type tests that takes nothing. */

const quiet = async (): Promise<void> => {};

export default quiet;
