//! File dialogs through rfd: the portal or zenity on Linux, native ones elsewhere.

use crate::{
    engine::Format,
    jobs::ports::{Dialogs, FilesChosen, Pending, SaveChosen},
};
use rfd::AsyncFileDialog;

/// The system's dialogs.
#[derive(Debug, Default)]
pub struct SystemDialogs;

impl Dialogs for SystemDialogs {
    fn open_files(&self) -> Pending<FilesChosen> {
        let extensions: Vec<&str> = Format::readable().flat_map(|it| it.extensions().iter().copied()).collect();
        // macOS wants the dialog made here, on the main thread.
        let answer = AsyncFileDialog::new()
            .set_title("Open images")
            .add_filter("Images", &with_upper_case(&extensions))
            .add_filter("All files", &["*"])
            .pick_files();
        Box::new(move || {
            let files = pollster::block_on(answer).unwrap_or_default();
            Ok(files.into_iter().map(|it| it.path().to_owned()).collect())
        })
    }

    fn save_file(&self, suggested_name: &str, extension: &str) -> Pending<SaveChosen> {
        let label = Format::from_extension(extension).map_or_else(|| extension.to_owned(), |it| it.label().to_owned());
        let answer = AsyncFileDialog::new()
            .set_title("Save image")
            .set_file_name(suggested_name)
            .add_filter(label, &[extension])
            .save_file();
        Box::new(move || Ok(pollster::block_on(answer).map(|it| it.path().to_owned())))
    }
}

/// Cameras write `IMG_1.JPG`, and filters are case-sensitive on Linux.
fn with_upper_case(extensions: &[&str]) -> Vec<String> {
    extensions.iter().flat_map(|it| [(*it).to_owned(), it.to_uppercase()]).collect()
}
