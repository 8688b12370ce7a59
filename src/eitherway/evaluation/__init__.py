"""Policy evaluation: rollouts on a task, judged by its environment and recorded once."""
