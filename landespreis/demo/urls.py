"""The pages below /demo/; they exist in a demo only."""

from django.urls import path

from landespreis.demo import views

app_name = "demo"

urlpatterns = [
    path("", views.index, name="index"),
    path("anmelden/<int:pk>/", views.login, name="login"),
    path("uhr/", views.move_clock, name="clock"),
    path("mails/<int:pk>/", views.mail, name="mail"),
    path("mails/<int:pk>/html/", views.mail_html, name="mail_html"),
    path("mails/<int:pk>/anhang/<int:attachment>/", views.attachment, name="attachment"),
]
