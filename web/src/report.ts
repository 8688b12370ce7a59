/** What a report runs: where it has a replay, the replay takes the place of its strips. */

import { mount } from "./replay";
import type { Sent } from "./rollout";

const [data, stage] = [document.getElementById("replay-data"), document.getElementById("stage")];
if (data && stage) {
  mount(stage, JSON.parse(data.textContent) as Sent, new AbortController().signal);
  stage.parentElement?.classList.add("live");
}
