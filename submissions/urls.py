"""The pages of those who submit, below /einreichungen/."""

from django.urls import path

from submissions.views import conflict, editors, files, handing_in, helping, overview, partners, sections, versions

app_name = "submissions"

urlpatterns = [
    path("", overview.index, name="index"),
    path("neu/", overview.start, name="start"),
    path("einladung/<str:token>/", editors.invitation, name="invitation"),
    path("uebernahme/<str:token>/", helping.takeover, name="takeover"),
    path("<uuid:pk>/", overview.overview, name="overview"),
    path("<uuid:pk>/partner/", partners.partners, name="partners"),
    path("<uuid:pk>/partner/<int:partner>/entfernen/", partners.remove, name="partner_remove"),
    path("<uuid:pk>/dateien/", files.files, name="files"),
    path("<uuid:pk>/dateien/<uuid:file>/", files.download, name="file"),
    path("<uuid:pk>/dateien/<uuid:file>/angaben/", files.describe, name="file_describe"),
    path("<uuid:pk>/dateien/<uuid:file>/ersetzen/", files.replace, name="file_replace"),
    path("<uuid:pk>/dateien/<uuid:file>/loeschen/", files.remove, name="file_remove"),
    path("<uuid:pk>/mitwirkende/", editors.editors, name="editors"),
    path("<uuid:pk>/mitwirkende/<int:editor>/", editors.change, name="editor_change"),
    path("<uuid:pk>/mitwirkende/<int:editor>/entfernen/", editors.remove, name="editor_remove"),
    path("<uuid:pk>/uebergeben/", editors.hand_over, name="hand_over"),
    path("<uuid:pk>/pruefen/", handing_in.check, name="check"),
    path("<uuid:pk>/zurueckziehen/", handing_in.withdraw, name="withdraw"),
    path("<uuid:pk>/zuruecksetzen/", handing_in.reset, name="reset"),
    path("<uuid:pk>/hilfe/", helping.help_page, name="help"),
    path("<uuid:pk>/hilfe/beenden/", helping.end, name="help_end"),
    path("<uuid:pk>/versionen/<int:n>/", versions.version, name="version"),
    path("<uuid:pk>/versionen/<int:n>/bestaetigung.pdf", versions.receipt, name="receipt"),
    path("<uuid:pk>/fassungen/<slug:key>/", conflict.conflict, name="conflict"),
    path("<uuid:pk>/<slug:key>/", sections.section, name="section"),
]
