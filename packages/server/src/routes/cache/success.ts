/** What writes are answered with. */
import { FixedAnswer } from "../../http/frame.js";

export const SUCCESS = new FixedAnswer(200, '{"success":true}');
