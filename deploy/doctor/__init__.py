"""What is wrong, why, and what to do: facts are gathered, then judged by checks that are pure."""
