"""What a policy does on a task: rollouts, judged by its environment and recorded once."""
