"""Addresses of the authority's desk, under `/cabinet/`."""

from django.urls import path

from cabinet import views

app_name = "cabinet"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("<slug:number>/", views.issue, name="issue"),
    path("<slug:number>/<slug:action>/", views.act, name="act"),
]
