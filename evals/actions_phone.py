"""A customer's phone, which follows what its owner switches. Rules and wording follow the data set's outputs."""

from typing import Any

from evals.actions_world import Json, World

_NONE = "none"
_MODES = ("4g_5g_preferred", "4g_only", "3g_only", "2g_only")
_TECHNOLOGY = {"4g_only": "4G", "3g_only": "3G", "2g_only": "2G"}
_BARS = {"poor": "📶¹ Poor", "fair": "📶² Fair", "good": "📶³ Good", "excellent": "📶⁴ Excellent"}
_APN: Json = {
    "apn_name": "internet", "reset_at_reboot": False, "mms_apn": "mms",
    "mmsc_url": "http://mms.carrier.com/mms/wapenc", "mms_proxy": None, "mms_port": None,
}  # fmt: skip
_DEVICE: Json = {
    "sim_card_status": "active", "sim_card_missing": False, "airplane_mode": False,
    "network_signal_strength": "good", "network_technology_connected": "5G",
    "network_connection_status": "connected", "battery_level": 80, "data_enabled": True, "roaming_enabled": False,
    "network_mode_preference": "4g_5g_preferred", "wifi_enabled": False, "wifi_connected": False, "wifi_ssid": None,
    "wifi_signal_strength": _NONE, "wifi_calling_enabled": False, "wifi_calling_mms_over_wifi": False,
    "data_saver_mode": False, "vpn_enabled_setting": False, "vpn_connected": False, "vpn_details": None,
}  # fmt: skip
_PERMISSIONS = ("sms", "storage", "phone", "network")


class Phone(World):
    """What the customer can do to the phone, and what then works."""

    writes = frozenset(
        "set_network_mode_preference toggle_airplane_mode reseat_sim_card toggle_data toggle_roaming "
        "toggle_data_saver_mode set_apn_settings reset_apn_settings toggle_wifi toggle_wifi_calling connect_vpn "
        "disconnect_vpn grant_app_permission reboot_device make_payment".split()
    )

    def __init__(self, rows: Json, user_rows: Json | None = None) -> None:
        phone = user_rows or {}
        device = phone.setdefault("device", {})
        for key, value in _DEVICE.items():
            device.setdefault(key, value)
        device["active_apn_settings"] = {**_APN, **device.get("active_apn_settings", {})}
        for app in device.setdefault("app_statuses", {}).values():
            app["permissions"] = {name: app.get("permissions", {}).get(name, False) for name in _PERMISSIONS}
        phone.setdefault("surroundings", {})
        phone["surroundings"] = {
            "name": None, "phone_number": None, "is_abroad": False, "roaming_allowed": False,
            "signal_strength": {"2G": "poor", "3G": "fair", "4G": "good", "5G": "excellent"},
            "mobile_data_usage_exceeded": False, "line_active": True, "payment_request": None,
            **phone["surroundings"],
        }  # fmt: skip
        self._vpn: Json = {"server_address": "192.168.1.1", "protocol": "OpenVPN", "server_performance": "excellent"}
        super().__init__(rows, phone)

    @property
    def _device(self) -> Json:
        assert self.user_rows is not None
        return self.user_rows["device"]

    @property
    def _surroundings(self) -> Json:
        assert self.user_rows is not None
        return self.user_rows["surroundings"]

    # What its owner can do.

    def toggle_airplane_mode(self) -> str:
        """A switch."""
        self._fly(on=not self._device["airplane_mode"])
        return self._with_bar(f"Airplane Mode is now {_on(self._device['airplane_mode'])}.")

    def toggle_data(self) -> str:
        """A switch."""
        return self._with_bar(f"Mobile Data is now {_on(self._switch('data_enabled'))}.")

    def toggle_roaming(self) -> str:
        """A switch."""
        return self._with_bar(f"Data Roaming is now {_on(self._switch('roaming_enabled'))}.")

    def toggle_data_saver_mode(self) -> str:
        """A switch."""
        return self._with_bar(f"Data Saver Mode is now {_on(self._flip('data_saver_mode'))}.")

    def toggle_wifi_calling(self) -> str:
        """A switch."""
        return self._with_bar(f"Wi-Fi Calling is now {_on(self._flip('wifi_calling_enabled'))}.")

    def toggle_wifi(self) -> str:
        """A switch, dead in flight."""
        if self._device["airplane_mode"]:
            return self._with_bar("Cannot change Wi-Fi settings while Airplane Mode is ON.")
        if not self._flip("wifi_enabled"):
            self._leave_wifi()
        return self._with_bar(f"Wi-Fi is now {_on(self._device['wifi_enabled'])}.")

    def set_network_mode_preference(self, mode: str) -> str:
        """Which networks it looks for."""
        if mode not in _MODES:
            known = ", ".join(_MODES)
            said = f"Failed to set network mode: '{mode}' is not a valid option. Please use one of: {known}"
            return self._with_bar(said)
        self._device["network_mode_preference"] = mode
        self.simulate_network_search()
        return self._with_bar(f"Preferred Network Mode set to: {mode}")

    def reseat_sim_card(self) -> str:
        """Out and in again."""
        self._device["sim_card_missing"] = False
        self.simulate_network_search()
        return self._with_bar("SIM card re-seated successfully.")

    def set_apn_settings(self, apn_settings: Json) -> str:
        """Other settings."""
        self._device["active_apn_settings"] = {**_APN, **apn_settings}
        said = f"APN settings set to: {self._device['active_apn_settings']['apn_name']}"
        self.simulate_network_search()
        return self._with_bar(said)

    def reset_apn_settings(self) -> str:
        """Back to normal at the next start."""
        self._device["active_apn_settings"]["reset_at_reboot"] = True
        self.simulate_network_search()
        return self._with_bar("APN settings will reset at reboot.")

    def reboot_device(self) -> str:
        """Off and on."""
        said = "Restarting network services..."
        if self._device["active_apn_settings"]["reset_at_reboot"]:
            said = f"Resetting APN settings...\n{said}"
            self._device["active_apn_settings"] = dict(_APN)
        self.simulate_network_search()
        return self._with_bar(said)

    def connect_vpn(self) -> str:
        """Into the tunnel."""
        if self._device["vpn_connected"]:
            return "VPN already connected."
        self._device.update(vpn_connected=True, vpn_details=self._vpn)
        return self._with_bar("VPN connected successfully.")

    def disconnect_vpn(self) -> str:
        """Out of the tunnel."""
        was_on = self._device["vpn_connected"]
        self._leave_vpn()
        return self._with_bar("VPN disconnected successfully." if was_on else "No active VPN connection to disconnect.")

    def grant_app_permission(self, app_name: str, permission: str) -> str:
        """Give an app a right."""
        app, wanted = self._device["app_statuses"].get(app_name), permission.lower()
        if app is None:
            return self._with_bar(f"Error. App '{app_name}' not found. Cannot grant permission.")
        if wanted not in app["permissions"]:
            known = list(app["permissions"])
            said = f"Permission '{wanted}' not tracked for app '{app_name}', available permissions: {known}"
            return self._with_bar(f"Error. {said}")
        app["permissions"][wanted] = True
        return self._with_bar(f"Success. Permission '{wanted}' granted to app '{app_name}'.")

    def make_payment(self) -> str:
        """Pay what was asked for."""
        request = self._surroundings["payment_request"]
        if request is None:
            return "You do not have a payment request."
        request["paid"] = True
        return f"Payment of {request['amount_due']} USD has been made for bill {request['bill_id']}."

    # The network.

    def simulate_network_search(self) -> None:
        """Which network it finds, if any."""
        device, signals = self._device, self._surroundings["signal_strength"]
        can_connect = (
            self._sim == "active"
            and not device["airplane_mode"]
            and device["active_apn_settings"]["apn_name"] != "broken"
            and self._surroundings["line_active"]
        )
        mode = device["network_mode_preference"]
        best = "5G" if signals.get("5G", _NONE) != _NONE else "4G"
        technology = _TECHNOLOGY.get(mode, best) if can_connect else _NONE
        device["network_connection_status"] = "connected" if can_connect else "no_service"
        device["network_technology_connected"] = technology
        device["network_signal_strength"] = signals.get(technology, _NONE)

    @property
    def _sim(self) -> str:
        return "missing" if self._device["sim_card_missing"] else self._device["sim_card_status"]

    def _fly(self, *, on: bool) -> None:
        self._device["airplane_mode"] = on
        if on:
            self._leave_wifi()
            self._leave_vpn()
        elif self._device["wifi_enabled"]:
            self._leave_wifi()
        self.simulate_network_search()

    def _switch(self, name: str, *, on: bool | None = None) -> bool:
        self._device[name] = not self._device[name] if on is None else on
        self.simulate_network_search()
        return self._device[name]

    def _flip(self, name: str) -> bool:
        self._device[name] = not self._device[name]
        return self._device[name]

    def _leave_wifi(self) -> None:
        self._device.update(wifi_connected=False, wifi_ssid=None, wifi_signal_strength=_NONE)

    def _leave_vpn(self) -> None:
        if self._device["vpn_connected"]:
            self._device.update(vpn_connected=False, vpn_details=None)

    def _with_bar(self, said: str) -> str:
        return f"{said}\nStatus Bar: {self._bar()}"

    def _bar(self) -> str:
        device = self._device
        parts: list[str] = []
        if device["airplane_mode"]:
            parts.append("✈️ Airplane Mode")
        else:
            technology = device["network_technology_connected"]
            parts.append(_BARS.get(device["network_signal_strength"], "📵 No Signal"))
            parts += [technology] if technology != _NONE else []
            has_data = device["data_enabled"] and technology != _NONE
            parts.append("📱 Data Enabled" if has_data else "📵 Data Disabled")
            parts += ["🔽 Data Saver"] if has_data and device["data_saver_mode"] else []
        if device["wifi_enabled"] and device["wifi_connected"]:
            parts.append(f"📡 Connected to {device['wifi_ssid']}" if device["wifi_ssid"] else "📡 Enabled")
        parts += ["🔒 VPN Connected"] if device["vpn_connected"] else []
        return " | ".join([*parts, f"🔋 {device['battery_level']}%"])


def _on(state: Any) -> str:
    return "ON" if state else "OFF"
