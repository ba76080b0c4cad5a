import type { CallState } from "./call_flow.js";
import type { QuickcallButton } from "./element_class.js";
import type { QuickcallError } from "./errors.js";
import type { TelLinkOptions } from "./tel_links.js";
import type { Placed } from "./types.js";

/** The events of `<quickcall-button>`. They bubble. */
export interface QuickcallButtonEvents {
  /** A call is about to be placed. Where the event is cancelled, none is. */
  "quickcall-before": CustomEvent<{ number: string; endpoint: string | undefined }>;
  /** What is known of the call has changed. */
  "quickcall-state": CustomEvent<{ state: CallState }>;
  /** The call was placed. */
  "quickcall-placed": CustomEvent<Placed>;
  /** No call was placed, or nobody knows: `detail.outcome` says which. */
  "quickcall-error": CustomEvent<QuickcallError>;
}

/** What `<quickcall-button>` takes in JSX, besides what every element takes. */
export interface QuickcallButtonAttributes {
  /** The handler's URL, whole or relative to the page. */
  handler?: string | undefined;
  /** The handler's name of who is rung. */
  endpoint?: string | undefined;
  /** The number to call. Without it and `for`: that of the `tel:` link in the button. */
  number?: string | undefined;
  /** The id of an input that holds the number. */
  for?: string | undefined;
  /** What is asked before a call: nothing, a question in a dialog, or a second press. Default: nothing. */
  confirm?: "none" | "dialog" | "press" | undefined;
  /** For how long a call that was placed keeps the button quiet, in seconds. Default 5. */
  cooldown?: number | string | undefined;
  /** Whether the button cannot be pressed. */
  disabled?: boolean | undefined;
  /** In a form: the name of its value, the id of the call that was placed. */
  name?: string | undefined;
  /** The server's API, such as `https://kazoo.example.com:8443/v2`. Only without a handler. */
  "base-url"?: string | undefined;
  /** The account: 32 characters of 0-9 and a-f. Only without a handler. */
  "account-id"?: string | undefined;
  /** The id of the user whose devices ring. Only without a handler. */
  user?: string | undefined;
  /** The id of the device that rings. Only without a handler. */
  device?: string | undefined;
  /** The token, or a function for one. Everybody who sees the page can read it. Only without a handler. */
  authToken?: TelLinkOptions["authToken"];
  /** More options of the call, such as `{ timeout: 20 }`. */
  options?: TelLinkOptions["options"];
  /** What the button says, in another language. */
  messages?: TelLinkOptions["messages"];
  /** Tells what becomes of a call. */
  progress?: TelLinkOptions["progress"];
  /** Called before a call is placed. Where the event is cancelled, none is. */
  "onquickcall-before"?: ((event: QuickcallButtonEvents["quickcall-before"]) => void) | undefined;
  /** Called when what is known of the call has changed. */
  "onquickcall-state"?: ((event: QuickcallButtonEvents["quickcall-state"]) => void) | undefined;
  /** Called when the call was placed. */
  "onquickcall-placed"?: ((event: QuickcallButtonEvents["quickcall-placed"]) => void) | undefined;
  /** Called where no call was placed, or nobody knows: `detail.outcome` says which. */
  "onquickcall-error"?: ((event: QuickcallButtonEvents["quickcall-error"]) => void) | undefined;
  /** What every element takes. */
  [attribute: string]: unknown;
}

declare global {
  interface HTMLElementTagNameMap {
    /** A button that calls. */
    "quickcall-button": QuickcallButton;
  }
  // What document, window and every element have: the events bubble.
  interface GlobalEventHandlersEventMap extends QuickcallButtonEvents {}
  namespace JSX {
    interface IntrinsicElements {
      /** A button that calls. */
      "quickcall-button": QuickcallButtonAttributes;
    }
  }
}
