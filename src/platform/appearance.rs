//! The desktop's colours and its wish for less motion, from the settings portal. Elsewhere the
//! toolkit knows the colours by itself.

use crate::jobs::ports::Tell;

#[cfg(all(unix, not(target_os = "macos")))]
pub(super) use portal::listen;

/// Tells what the user prefers, now and whenever that changes. Without somebody to ask, nothing
/// is told.
#[cfg(not(all(unix, not(target_os = "macos"))))]
pub(super) use silent as listen;

/// For systems whose toolkit is told without us.
#[cfg_attr(all(unix, not(target_os = "macos"), not(test)), expect(dead_code, reason = "the fallback of other systems"))]
pub(super) fn silent(_tell: Tell) {}

#[cfg(all(unix, not(target_os = "macos")))]
mod portal {
    use super::Tell;
    use crate::jobs::ports::{News, Scheme};
    use std::{future::poll_fn, pin::Pin, thread};
    use zbus::{
        Connection, Proxy,
        export::futures_core::Stream as _,
        proxy::SignalStream,
        zvariant::{OwnedValue, Value},
    };

    const DESKTOP: &str = "org.freedesktop.appearance";
    const SCHEME: &str = "color-scheme";
    const MOTION: &str = "reduced-motion";
    /// Portals older than the key above still know GNOME's own, which says the opposite.
    const GNOME: &str = "org.gnome.desktop.interface";
    const ANIMATIONS: &str = "enable-animations";

    /// Tells what the user prefers, now and whenever that changes. Without a bus or a portal, or
    /// with one that hangs, nothing is told.
    pub(in super::super) fn listen(tell: Tell) {
        let listening = move || {
            if let Err(error) = pollster::block_on(follow(&tell)) {
                log::debug!("no settings portal: {error}");
            }
        };
        if let Err(error) = thread::Builder::new().name("appearance".to_owned()).spawn(listening) {
            log::debug!("the settings portal is not asked: {error}");
        }
    }

    async fn follow(tell: &Tell) -> zbus::Result<()> {
        let connection = Connection::session().await?;
        let portal = Proxy::new(
            &connection,
            "org.freedesktop.portal.Desktop",
            "/org/freedesktop/portal/desktop",
            "org.freedesktop.portal.Settings",
        )
        .await?;
        // First, so that no change is lost between the question and the waiting.
        let mut changes = portal.receive_signal("SettingChanged").await?;
        let mut knows_motion = false;
        for (namespace, key) in [(DESKTOP, SCHEME), (DESKTOP, MOTION), (GNOME, ANIMATIONS)] {
            match read(&portal, namespace, key).await {
                Ok(value) => heed(namespace, key, &value, &mut knows_motion, tell),
                Err(error) => log::debug!("{namespace} {key}: {error}"),
            }
        }
        while let Some(change) = next(&mut changes).await {
            match change.body().deserialize::<(String, String, OwnedValue)>() {
                Ok((namespace, key, value)) => heed(&namespace, &key, &value, &mut knows_motion, tell),
                Err(error) => log::debug!("a change that is not understood: {error}"),
            }
        }
        Ok(())
    }

    /// `ReadOne` came with version 2 of the portal.
    async fn read(portal: &Proxy<'_>, namespace: &str, key: &str) -> zbus::Result<OwnedValue> {
        match portal.call("ReadOne", &(namespace, key)).await {
            Ok(value) => Ok(value),
            Err(_) => portal.call("Read", &(namespace, key)).await,
        }
    }

    async fn next(changes: &mut SignalStream<'_>) -> Option<zbus::Message> {
        poll_fn(|context| Pin::new(&mut *changes).poll_next(context)).await
    }

    fn heed(namespace: &str, key: &str, value: &Value<'_>, knows_motion: &mut bool, tell: &Tell) {
        let Some(news) = news(namespace, key, value) else { return };
        match key {
            MOTION => *knows_motion = true,
            // The desktop has said it in its own words.
            ANIMATIONS if *knows_motion => return,
            _ => {}
        }
        tell(news);
    }

    /// What a setting means for the window; nothing when it is another or of another type.
    fn news(namespace: &str, key: &str, value: &Value<'_>) -> Option<News> {
        match (namespace, key, plain(value)) {
            (DESKTOP, SCHEME, Value::U32(scheme)) => Some(News::Scheme(match scheme {
                1 => Some(Scheme::Dark),
                2 => Some(Scheme::Light),
                _ => None,
            })),
            (DESKTOP, MOTION, Value::U32(motion)) => Some(News::ReducedMotion(*motion == 1)),
            (GNOME, ANIMATIONS, Value::Bool(animates)) => Some(News::ReducedMotion(!animates)),
            _ => None,
        }
    }

    /// `Read` answers with a variant in a variant.
    fn plain<'a>(mut value: &'a Value<'a>) -> &'a Value<'a> {
        while let Value::Value(inner) = value {
            value = inner;
        }
        value
    }

    #[cfg(test)]
    mod tests {
        use super::{ANIMATIONS, DESKTOP, GNOME, MOTION, News, SCHEME, Scheme, heed, news};
        use std::sync::{Arc, Mutex};
        use zbus::zvariant::Value;

        fn scheme(value: impl Into<Value<'static>>) -> Option<Option<Scheme>> {
            match news(DESKTOP, SCHEME, &value.into())? {
                News::Scheme(scheme) => Some(scheme),
                other => panic!("{other:?}"),
            }
        }

        #[test]
        fn numbers_are_colours() {
            assert_eq!(scheme(1_u32), Some(Some(Scheme::Dark)));
            assert_eq!(scheme(2_u32), Some(Some(Scheme::Light)));
            assert_eq!(scheme(0_u32), Some(None));
            assert_eq!(scheme(77_u32), Some(None), "a number from the future is no preference");
            assert_eq!(scheme(Value::Value(Box::new(1_u32.into()))), Some(Some(Scheme::Dark)), "in a variant");
            assert_eq!(scheme("dark"), None);
            assert!(news(GNOME, SCHEME, &"prefer-dark".into()).is_none());
            assert!(news(DESKTOP, "contrast", &1_u32.into()).is_none());
        }

        #[test]
        fn the_desktop_s_own_word_on_motion_counts() {
            let told = Arc::new(Mutex::new(vec![]));
            let ears = told.clone();
            let tell: super::Tell = Arc::new(move |news| {
                if let News::ReducedMotion(is_reduced) = news {
                    ears.lock().unwrap().push(is_reduced);
                }
            });
            let mut knows = false;
            heed(GNOME, ANIMATIONS, &false.into(), &mut knows, &tell);
            heed(DESKTOP, MOTION, &0_u32.into(), &mut knows, &tell);
            heed(GNOME, ANIMATIONS, &false.into(), &mut knows, &tell);
            heed(DESKTOP, MOTION, &1_u32.into(), &mut knows, &tell);
            assert_eq!(*told.lock().unwrap(), [true, false, true]);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    #[test]
    fn the_fallback_says_nothing() {
        super::silent(Arc::new(|news| panic!("{news:?}")));
    }
}
