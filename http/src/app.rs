//! All routes on one screen, and what their handlers share.

use std::sync::Arc;

use axum::Router;
use axum::extract::FromRef;
use axum::middleware;
use axum::routing::{delete, get, patch, post, put};
use tokio::sync::Semaphore;
use webqq_engine::Engine;

use crate::address::Network;
use crate::answers::{answers, catch_panics, unknown_route};
use crate::assets::{self, Assets};
use crate::config::{Config, PublicUrl, Registration};
use crate::error::Problem;
use crate::password::Passwords;
use crate::rate::{self, Rates};
use crate::{
    account, admin, admission, avatars, bots, conversations, files, friends, groups, members,
    messages, openapi, operations, origin, poll, reports, search, sessions, stream, users,
};

/// What handlers share. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Parts>);

struct Parts {
    engine: Engine,
    passwords: Passwords,
    rates: Rates,
    exports: Arc<Semaphore>,
    registration: Registration,
    public_url: Arc<Option<PublicUrl>>,
    trusted_proxies: Vec<Network>,
    assets: Assets,
}

impl App {
    /// Puts an engine behind HTTP.
    ///
    /// # Errors
    /// A sentence: there is no randomness, or the page cannot be read.
    pub fn new(engine: Engine, config: &Config) -> Result<Self, String> {
        let problem = |problem: Problem| problem.detail().to_owned();
        Ok(Self(Arc::new(Parts {
            engine,
            passwords: Passwords::new().map_err(problem)?,
            rates: Rates::new(config.auth_rate, &config.rates),
            exports: Arc::new(Semaphore::new(account::EXPORTS_AT_ONCE)),
            registration: config.registration,
            public_url: Arc::new(config.public_url.clone()),
            trusted_proxies: config.trusted_proxies.clone(),
            assets: Assets::new()?,
        })))
    }

    /// The engine.
    pub fn engine(&self) -> &Engine {
        &self.0.engine
    }

    pub(crate) fn passwords(&self) -> &Passwords {
        &self.0.passwords
    }

    pub(crate) fn rates(&self) -> &Rates {
        &self.0.rates
    }

    /// Places for exports.
    pub(crate) fn exports(&self) -> &Arc<Semaphore> {
        &self.0.exports
    }

    pub(crate) fn registration(&self) -> Registration {
        self.0.registration
    }

    /// Whether cookies are bound to https.
    pub(crate) fn is_https(&self) -> bool {
        let url = self.0.public_url.as_ref().as_ref();
        url.is_some_and(|url| url.https)
    }

    pub(crate) fn trusted_proxies(&self) -> &[Network] {
        &self.0.trusted_proxies
    }
}

impl FromRef<App> for Assets {
    fn from_ref(app: &App) -> Self {
        app.0.assets.clone()
    }
}

/// The router of the whole product.
pub fn router(app: App) -> Router {
    let api = Router::new()
        .route("/users", post(users::sign_up).get(users::find))
        .route("/users/{user}", get(users::show))
        .route(
            "/sessions",
            post(sessions::sign_in)
                .get(sessions::list)
                .delete(sessions::revoke_others),
        )
        .route("/sessions/current", delete(sessions::sign_out))
        .route("/sessions/{session}", delete(sessions::revoke))
        .route(
            "/me",
            get(users::me)
                .patch(users::change_me)
                .delete(account::delete),
        )
        .route("/me/export", get(account::export))
        .route(
            "/me/avatar",
            put(avatars::set_own).delete(avatars::remove_own),
        )
        .route("/users/{user}/avatar", get(avatars::of_user))
        .route(
            "/groups/{group}/avatar",
            get(avatars::of_group)
                .put(avatars::set_of_group)
                .delete(avatars::remove_of_group),
        )
        .route("/files", post(files::upload))
        .route("/files/{file}", get(files::download))
        .route("/files/{file}/thumbnail", get(files::thumbnail))
        .route("/me/password", put(users::change_password))
        .route("/sync", get(conversations::sync))
        .route("/stream", get(stream::stream))
        .route("/poll", get(poll::poll))
        .route(
            "/conversations/direct/{user}",
            get(conversations::open_direct),
        )
        .route("/conversations/{conversation}", patch(conversations::set))
        .route(
            "/conversations/{conversation}/messages",
            post(messages::send).get(messages::history),
        )
        .route(
            "/conversations/{conversation}/messages/{seq}",
            get(messages::show),
        )
        .route(
            "/conversations/{conversation}/read",
            put(conversations::read),
        )
        .route(
            "/conversations/{conversation}/typing",
            post(conversations::typing),
        )
        .route("/groups", post(groups::create).get(groups::find))
        .route(
            "/groups/{group}",
            get(groups::show)
                .patch(groups::change)
                .delete(groups::dissolve),
        )
        .route(
            "/groups/{group}/members",
            get(members::list).post(members::join),
        )
        .route(
            "/groups/{group}/members/{user}",
            patch(members::change).delete(members::remove),
        )
        .route("/groups/{group}/requests", get(admission::requests))
        .route(
            "/groups/{group}/requests/{user}",
            put(admission::answer).delete(admission::withdraw),
        )
        .route("/groups/{group}/bans", get(admission::bans))
        .route("/groups/{group}/bans/{user}", delete(admission::unban))
        .route(
            "/groups/{group}/links",
            get(admission::links).post(admission::make_link),
        )
        .route("/groups/{group}/links/{link}", delete(admission::end_link))
        .route("/links/{code}", post(admission::use_link))
        .route(
            "/groups/{group}/hooks",
            get(bots::hooks).post(bots::make_hook),
        )
        .route("/groups/{group}/hooks/{hook}", delete(bots::end_hook))
        .route("/hooks/{code}", post(bots::post))
        .route("/bots", get(bots::list).post(bots::make))
        .route("/bots/{bot}", delete(bots::remove))
        .route("/bots/{bot}/token", post(bots::renew))
        .route("/friends", get(friends::list).post(friends::ask))
        .route(
            "/friends/{user}",
            put(friends::answer)
                .patch(friends::change)
                .delete(friends::remove),
        )
        .route(
            "/friend-folders",
            get(friends::folders).post(friends::make_folder),
        )
        .route(
            "/friend-folders/{folder}",
            patch(friends::change_folder).delete(friends::remove_folder),
        )
        .route("/blocks", get(friends::blocks))
        .route(
            "/blocks/{user}",
            put(friends::block).delete(friends::unblock),
        )
        .route("/reports", post(reports::report))
        .route("/admin/users", get(admin::users::find))
        .route("/admin/users/{user}", patch(admin::users::change))
        .route(
            "/admin/users/{user}/password",
            post(admin::users::reset_password),
        )
        .route(
            "/admin/invitations",
            post(admin::invitations::invite).get(admin::invitations::list),
        )
        .route(
            "/admin/invitations/{invitation}",
            delete(admin::invitations::end),
        )
        .route("/admin/groups", get(admin::groups::find))
        .route(
            "/admin/groups/{group}",
            patch(admin::groups::limit).delete(admin::groups::dissolve),
        )
        .route("/admin/reports", get(admin::reports::list))
        .route("/admin/reports/{report}", post(admin::reports::judge))
        .route("/admin/audit", get(admin::audit::read))
        .route("/admin/figures", get(admin::figures::read))
        .route("/search", get(search::search))
        .route("/kinds", get(operations::kinds))
        .route("/openapi.json", get(openapi::document))
        .fallback(unknown_route)
        .layer(middleware::from_fn_with_state(app.clone(), rate::guard));
    let guard = middleware::from_fn_with_state(app.0.public_url.clone(), origin::guard);
    Router::new()
        .nest("/api", api)
        .route("/healthz", get(operations::healthz))
        .route("/readyz", get(operations::readyz))
        .route("/metrics", get(admin::figures::metrics))
        .layer(guard)
        .layer(middleware::from_fn(answers))
        .fallback(assets::serve)
        .layer(middleware::from_fn(catch_panics))
        .with_state(app)
}
