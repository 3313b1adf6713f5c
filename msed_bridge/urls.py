"""Address of the end-point that МСЭД calls (R0.2)."""

from django.urls import path

from msed_bridge import views

app_name = "msed_bridge"

urlpatterns = [path("callback/", views.callback, name="callback")]
