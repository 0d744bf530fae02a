//! What the system tells the window about itself: colours, motion, that it is wanted, what hovers over it.

use super::{overlay::Hovering, theme};
use crate::{
    jobs::ports::{Drag, News, Scheme, Spot},
    settings::ThemeChoice,
};
use egui::{Context, Pos2, ThemePreference, ViewportCommand, pos2};

/// What was told so far.
#[derive(Default)]
pub(super) struct Surroundings {
    scheme: Option<Scheme>,
    is_motion_reduced: bool,
    hovering: Option<Hovering>,
    /// Where it hangs, if that is known.
    pointer: Option<Spot>,
}

impl Surroundings {
    /// Takes in what is the window's own affair.
    pub(super) fn heed(&mut self, ctx: &Context, news: &News) {
        match news {
            News::Scheme(scheme) => self.scheme = *scheme,
            News::ReducedMotion(is_reduced) => {
                self.is_motion_reduced = *is_reduced;
                theme::set_reduced_motion(ctx, *is_reduced);
            }
            News::HandedOver(_) => {
                ctx.send_viewport_cmd(ViewportCommand::Minimized(false));
                ctx.send_viewport_cmd(ViewportCommand::Focus);
            }
            News::Drag(Drag::Over(things)) => self.hovering = Hovering::of(things),
            News::Drag(Drag::At(place)) => self.pointer = Some(*place),
            News::Drag(Drag::Coming) => self.hovering = Some(Hovering::COMING),
            News::Drag(Drag::Gone | Drag::Dropped(_)) => (self.hovering, self.pointer) = (None, None),
            News::Changed(_) | News::Copied(_) | News::NotWatched(_) | News::NotBrowsed { .. } => {}
        }
    }

    /// What hangs over the window, whoever tells.
    pub(super) fn hovering(&self, ctx: &Context) -> Option<Hovering> {
        self.hovering.or_else(|| ctx.input(|it| Hovering::over(&it.raw.hovered_files)))
    }

    /// Where it hangs, in points; `None` where the system does not tell.
    pub(super) fn pointer(&self, ctx: &Context) -> Option<Pos2> {
        Some(match self.hovering.and(self.pointer)? {
            Spot::Pixels([x, y]) => pos2(x as f32, y as f32) / ctx.pixels_per_point(),
            Spot::Logical([x, y]) => pos2(x, y) / ctx.zoom_factor(),
        })
    }

    /// In a new window what was told before holds too.
    pub(super) fn settle_in(&mut self, ctx: &Context) {
        // But for what hung over the old one.
        self.hovering = None;
        theme::set_reduced_motion(ctx, self.is_motion_reduced);
    }

    /// The user's choice, or else what the desktop says, or else what the toolkit knows.
    pub(super) fn theme(&self, choice: ThemeChoice) -> ThemePreference {
        match (choice, self.scheme) {
            (ThemeChoice::Dark, _) | (ThemeChoice::System, Some(Scheme::Dark)) => ThemePreference::Dark,
            (ThemeChoice::Light, _) | (ThemeChoice::System, Some(Scheme::Light)) => ThemePreference::Light,
            (ThemeChoice::System, None) => ThemePreference::System,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{News, Scheme, Surroundings, ThemeChoice, ThemePreference};
    use egui::Context;

    #[test]
    fn the_user_s_choice_stands_above_the_desktop_s() {
        let ctx = Context::default();
        let mut around = Surroundings::default();
        assert_eq!(around.theme(ThemeChoice::System), ThemePreference::System);
        around.heed(&ctx, &News::Scheme(Some(Scheme::Light)));
        assert_eq!(around.theme(ThemeChoice::System), ThemePreference::Light);
        assert_eq!(around.theme(ThemeChoice::Dark), ThemePreference::Dark);
        around.heed(&ctx, &News::Scheme(Some(Scheme::Dark)));
        assert_eq!(around.theme(ThemeChoice::System), ThemePreference::Dark);
        assert_eq!(around.theme(ThemeChoice::Light), ThemePreference::Light);
        around.heed(&ctx, &News::Scheme(None));
        assert_eq!(around.theme(ThemeChoice::System), ThemePreference::System);
    }
}
