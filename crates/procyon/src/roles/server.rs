use axum::Router;
use base::{Clock, Shutdown};

use crate::cli::ServeArgs;
use crate::data_dir::DataDir;
use crate::fault::{Fault, Result, While};
use crate::http;
use crate::roles::Role;

/// Runs the backend until a signal stops it.
pub(crate) fn run(args: &ServeArgs, roles: &[Role]) -> Result<()> {
    let missing = Role::ALL.into_iter().find(|role| !roles.contains(role));
    if let Some(role) = missing {
        return Err(Fault::new(format!("--roles: embedded storage needs {role} too")));
    }
    let mut dir = DataDir::take(&args.data)?;
    let runtime = tokio::runtime::Runtime::new().or_fault(|| "cannot start".to_owned())?;
    runtime.block_on(async {
        let listener = http::bind(args.listen).await?;
        dir.say(Some("x"))?;
        let (_trigger, shutdown) = Shutdown::new();
        http::serve(listener, Router::new(), Clock::system(), shutdown).await;
        Ok(())
    })
}
