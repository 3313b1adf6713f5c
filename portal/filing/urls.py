"""Addresses of filing, and of the files of messages."""

from django.urls import path

from portal.filing import sending, views

urlpatterns = [
    path("new/", sending.new, name="new"),
    path("new/place/", views.place, name="new_place"),
    path("new/text/", views.words, name="new_words"),
    path("new/check/", views.check, name="new_check"),
    path("new/files/", views.change_files, name="new_files"),
    path("new/forget/", views.forget, name="new_forget"),
    path("new/places.json", views.found_places, name="new_places"),
    path("new/address.json", views.address_at, name="new_address"),
    path("new/responsible/", views.responsible, name="new_responsible"),
    path("new/sent/<slug:number>/", views.sent, name="new_sent"),
]
