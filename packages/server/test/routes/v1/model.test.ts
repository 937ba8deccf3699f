/** Any sequence of conditional requests, writes and time that passes, at two workers, is answered as HTTP says. */
import { it } from "vitest";
import { checkModel } from "./model.js";

it("agrees with the model", () => checkModel(150));
