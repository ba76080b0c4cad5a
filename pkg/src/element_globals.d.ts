import type { CallState } from "./call_flow.js";
import type { QuickcallButton } from "./element_class.js";
import type { QuickcallError } from "./errors.js";
import type { Placed } from "./types.js";

/** What `<quickcall-button>` takes in JSX, besides what every element takes. */
export interface QuickcallButtonAttributes {
  handler?: string | undefined;
  endpoint?: string | undefined;
  number?: string | undefined;
  for?: string | undefined;
  confirm?: "none" | "dialog" | "press" | undefined;
  cooldown?: number | string | undefined;
  disabled?: boolean | undefined;
  "base-url"?: string | undefined;
  "account-id"?: string | undefined;
  user?: string | undefined;
  device?: string | undefined;
  [attribute: string]: unknown;
}

declare global {
  interface HTMLElementTagNameMap {
    "quickcall-button": QuickcallButton;
  }
  // What document, window and every element have: the events bubble.
  interface GlobalEventHandlersEventMap {
    "quickcall-before": CustomEvent<{ number: string; endpoint: string | undefined }>;
    "quickcall-state": CustomEvent<{ state: CallState }>;
    "quickcall-placed": CustomEvent<Placed>;
    "quickcall-error": CustomEvent<QuickcallError>;
  }
  namespace JSX {
    interface IntrinsicElements {
      "quickcall-button": QuickcallButtonAttributes;
    }
  }
}
