//! The slim binary: the agent and nothing else.

fn main() -> std::process::ExitCode {
    agent::cli::main()
}
