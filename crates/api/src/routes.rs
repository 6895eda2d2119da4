use std::future::Future;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State as Shared};
use axum::routing::{MethodFilter, MethodRouter, on};

use crate::State;
use crate::answer::Answer;
use crate::call::Call;
use crate::door::{self, Need, Route};
use crate::error::Result;

/// The table of routes, in the making. Each route says what it needs of its caller, so that no
/// handler is reached but through the door.
#[derive(Debug, Default)]
pub(crate) struct Routes(Router<Arc<State>>);

impl Routes {
    pub(crate) fn get<F, Fut>(self, path: &'static str, need: Need, handler: F) -> Self
    where
        F: FnOnce(Call) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<Answer>> + Send,
    {
        self.route(path, MethodFilter::GET, need, handler)
    }

    pub(crate) fn post<F, Fut>(self, path: &'static str, need: Need, handler: F) -> Self
    where
        F: FnOnce(Call) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<Answer>> + Send,
    {
        self.route(path, MethodFilter::POST, need, handler)
    }

    pub(crate) fn put<F, Fut>(self, path: &'static str, need: Need, handler: F) -> Self
    where
        F: FnOnce(Call) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<Answer>> + Send,
    {
        self.route(path, MethodFilter::PUT, need, handler)
    }

    pub(crate) fn patch<F, Fut>(self, path: &'static str, need: Need, handler: F) -> Self
    where
        F: FnOnce(Call) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<Answer>> + Send,
    {
        self.route(path, MethodFilter::PATCH, need, handler)
    }

    pub(crate) fn delete<F, Fut>(self, path: &'static str, need: Need, handler: F) -> Self
    where
        F: FnOnce(Call) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<Answer>> + Send,
    {
        self.route(path, MethodFilter::DELETE, need, handler)
    }

    fn route<F, Fut>(self, path: &'static str, method: MethodFilter, need: Need, handler: F) -> Self
    where
        F: FnOnce(Call) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<Answer>> + Send,
    {
        let route = Route { need, name: path };
        let endpoint = move |Shared(state): Shared<Arc<State>>, request: Request| {
            door::pass(state, route, request, handler)
        };
        let methods: MethodRouter<Arc<State>> = on(method, endpoint);
        Self(self.0.route(path, methods))
    }

    pub(crate) fn into_router(self) -> Router<Arc<State>> {
        self.0
    }
}
