/** How an attempt of an action ended. */

export type Outcome =
  | { readonly isDone: true }
  | {
      readonly isDone: false;
      /** `error`, `killed` or `interrupted`; see the event `step-failed`. */
      readonly kind: string;
      readonly message: string;
      readonly stack?: string;
    };
