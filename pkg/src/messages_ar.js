/** @import { AllMessages } from "./call_texts.js" */

const NOT_HERE = "لا يمكن إجراء المكالمات من هنا حاليًا. لن يرن أي هاتف.";
const RELOAD = "تعذّر تحميل الزر. لن يرن أي هاتف. أعد تحميل الصفحة ثم حاول مرة أخرى.";
const UNKNOWN = "لم نتمكن من التأكد من أن هاتفك يرن. تحقّق منه قبل أن تحاول مرة أخرى.";
const TOO_MANY = "كانت هناك مكالمات كثيرة. لن يرن أي هاتف. حاول لاحقًا.";
const WRONG = "لا يمكن الاتصال بهذا الرقم. تحقّق منه ثم حاول مرة أخرى.";

/** All that buttons and links say, in Arabic: `QuickcallButton.messages = ar`. @type {AllMessages} */
export const ar = {
  call: "اتصال",
  confirm: "سيرن هاتفك. عندما ترد، يتم توصيلك بالرقم {number}.",
  confirmPress: "اضغط مرة أخرى للاتصال بالرقم {number}.",
  confirmUnknown: "ربما يرن هاتفك الآن. تحقّق منه أولًا. لا تضغط مرة أخرى إلا إذا كان لا يرن.",
  yes: "اتصال",
  no: "إلغاء",
  close: "إغلاق",
  another: "هناك مكالمة أخرى جارية. اتصل بهذا الرقم بعد انتهائها.",
  calling: "جارٍ الاتصال. عندما يرن هاتفك، رد عليه ليتم توصيلك.",
  started: "يجري توصيلك.",
  accepted: "المكالمة في الطريق. يُفترض أن يرن هاتفك قريبًا.",
  failed: "لم تتم المكالمة. حاول لاحقًا.",
  unknown: UNKNOWN,
  unanswered: "يبدو أنه لم يُرد على هاتفك. تحقّق منه قبل أن تحاول مرة أخرى.",
  stopped: "تم إنهاء الانتظار. قد يرن هاتفك مع ذلك: تحقّق منه قبل أن تحاول مرة أخرى.",
  invalid: WRONG,
  progress: {
    ringing: "هاتفك يرن. رد عليه ليتم توصيلك.",
    answered: "لقد رددت. يجري الاتصال بالرقم.",
    connected: "أنت متصل الآن.",
    ended: "انتهت المكالمة.",
  },
  errors: {
    invalid: WRONG,
    not_ready: RELOAD,
    load_failed: RELOAD,
    token_in_browser: NOT_HERE,
    token_failed: NOT_HERE,
    duplicate: "قد تكون هذه المكالمة في الطريق بالفعل. انظر إلى هاتفك.",
    unauthorized: NOT_HERE,
    forbidden: NOT_HERE,
    not_found: NOT_HERE,
    rate_limited: TOO_MANY,
    rejected: NOT_HERE,
    no_endpoints: "لا يوجد حاليًا هاتف يمكن أن يرن.",
    originate_failed: "تعذّر الوصول إلى هاتفك.",
    server_error: UNKNOWN,
    unconfirmed: UNKNOWN,
    bad_response: UNKNOWN,
    network: UNKNOWN,
    timeout: UNKNOWN,
    aborted: "أُوقفت المكالمة. لن يرن أي هاتف.",
    bad_request: NOT_HERE,
    origin_refused: NOT_HERE,
    verification_failed: "فشل التحقق قبل المكالمة. لن يرن أي هاتف. أعد تحميل الصفحة ثم حاول مرة أخرى.",
    destination_refused:
      "لا يمكن الاتصال بهذا الرقم من هنا. إذا لم تكن فيه علامة + فاكتبه مع علامة + ورمز البلد.",
    unknown_endpoint: NOT_HERE,
    unknown_call: UNKNOWN,
    not_followed: UNKNOWN,
    too_large: NOT_HERE,
    unsupported_media_type: NOT_HERE,
    method_not_allowed: NOT_HERE,
    key_mismatch: "تعذّر تمييز هذه الضغطة عن مكالمة أخرى. أعد تحميل الصفحة ثم حاول مرة أخرى.",
    limited: TOO_MANY,
    in_progress: UNKNOWN,
    unknown: UNKNOWN,
    unavailable: NOT_HERE,
    dry_run: "هذه تجربة. لن يرن أي هاتف.",
  },
  causes: {
    USER_BUSY: "هاتفك مشغول.",
    NO_ANSWER: "لم يُرد على هاتفك.",
    ORIGINATOR_CANCEL: "لم يُرد على هاتفك.",
    CALL_REJECTED: "رُفضت المكالمة على هاتفك.",
    USER_NOT_REGISTERED: "هاتفك غير متصل حاليًا.",
    SUBSCRIBER_ABSENT: "هاتفك غير متصل حاليًا.",
  },
};
