//! File dialogs through rfd: the portal or zenity on Linux, native ones elsewhere.

use super::dialog_service;
use crate::{
    engine::Format,
    jobs::ports::{DialogError, Dialogs, FilesChosen, Pending, SaveChosen},
};
use rfd::AsyncFileDialog;

/// The system's dialogs.
#[derive(Debug, Default)]
pub struct SystemDialogs;

impl Dialogs for SystemDialogs {
    fn open_files(&self) -> Pending<FilesChosen> {
        let answer = pending(|| {
            let extensions: Vec<&str> = Format::readable().flat_map(|it| it.extensions().iter().copied()).collect();
            AsyncFileDialog::new()
                .set_title("Open images")
                .add_filter("Images", &with_upper_case(&extensions))
                .add_filter("All files", &["*"])
                .pick_files()
        });
        Box::new(move || Ok(answer()?.into_iter().flatten().map(|it| it.path().to_owned()).collect()))
    }

    fn save_file(&self, suggested_name: &str, extension: &str) -> Pending<SaveChosen> {
        let label = Format::from_extension(extension).map_or_else(|| extension.to_owned(), |it| it.label().to_owned());
        let (name, extension) = (suggested_name.to_owned(), extension.to_owned());
        let answer = pending(move || {
            AsyncFileDialog::new()
                .set_title("Save image")
                .set_file_name(name)
                .add_filter(label, &[extension])
                .save_file()
        });
        Box::new(move || Ok(answer()?.map(|it| it.path().to_owned())))
    }
}

/// On Linux rfd answers the same for a dialog that was cancelled and for none at all, so whether
/// there can be one is found out before; not here, since a service may take its time to answer.
#[cfg(all(unix, not(target_os = "macos")))]
fn pending<F: Future>(dialog: impl FnOnce() -> F + Send + 'static) -> Pending<Result<F::Output, DialogError>> {
    Box::new(move || {
        dialog_service::check()?;
        Ok(pollster::block_on(dialog()))
    })
}

/// macOS wants the dialog made here, on the main thread.
#[cfg(not(all(unix, not(target_os = "macos"))))]
fn pending<F: Future + Send + 'static>(dialog: impl FnOnce() -> F) -> Pending<Result<F::Output, DialogError>> {
    let answer = dialog();
    Box::new(move || {
        dialog_service::check()?;
        Ok(pollster::block_on(answer))
    })
}

/// Cameras write `IMG_1.JPG`, and filters are case-sensitive on Linux.
fn with_upper_case(extensions: &[&str]) -> Vec<String> {
    extensions.iter().flat_map(|it| [(*it).to_owned(), it.to_uppercase()]).collect()
}
