"""The pages about the own account, next to allauth's, under /konto/."""

from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("", views.profile, name="profile"),
    path("kommune/", views.add_membership, name="add_membership"),
    path("daten.json", views.export, name="export"),
    path("2fa/recovery-codes/", views.recovery_codes, name="recovery_codes"),  # allauth's own, which comes after
    path("2fa/recovery-codes/download/", views.recovery_codes_file, name="recovery_codes_file"),
    path("loeschen/", views.delete, name="delete"),
]
