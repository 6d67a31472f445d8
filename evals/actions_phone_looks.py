"""A customer's phone, looked at: what it shows, what works, and the broken states that tasks begin with."""

from evals.actions_phone import Phone
from evals.actions_world import Json

_SPEEDS = {"2G": (0.1, 0.4), "3G": (1.0, 5.0), "4G": (10.0, 100.0), "5G": (50.0, 500.0)}
_STRENGTH = {"poor": 0.2, "fair": 0.5, "good": 0.8, "excellent": 1.0}
_GRADES = (
    (1, "Very Poor", "Connection is very slow. Basic web browsing might be difficult."),
    (5, "Poor", "Connection is slow. Web browsing may be sluggish, streaming difficult."),
    (25, "Fair", "Connection is okay for web browsing and some standard definition streaming."),
    (100, "Good", "Connection is good for most activities, including HD streaming."),
    (float("inf"), "Excellent", "Connection is very fast."),
)
_SIM = {
    "active": "Your SIM card is active and working.",
    "missing": "No SIM card detected in the phone.",
    "locked_pin": "The SIM card is locked with a PIN code.",
    "locked_puk": "The SIM card is locked with a PUK code.",
}


class PhoneLooks(Phone):
    """Readings, and a task's beginning and own checks."""

    # What a task begins with.

    def set_user_info(self, name: str, phone_number: str) -> None:
        """Whose phone it is."""
        self._surroundings.update(name=name, phone_number=phone_number)

    def set_user_location(self, abroad: bool) -> None:
        """Where it is."""
        self._surroundings["is_abroad"] = abroad

    def turn_airplane_mode_on(self) -> None:
        """On, whatever it was."""
        self._fly(on=True)

    def turn_airplane_mode_off(self) -> None:
        """Off, whatever it was."""
        self._fly(on=False)

    def turn_data_on(self) -> None:
        """On, without a new search."""
        self._device["data_enabled"] = True

    def turn_data_off(self) -> None:
        """Off."""
        self._switch("data_enabled", on=False)

    def turn_roaming_on(self) -> None:
        """On."""
        self._switch("roaming_enabled", on=True)

    def turn_roaming_off(self) -> None:
        """Off."""
        self._switch("roaming_enabled", on=False)

    def turn_data_saver_mode_on(self) -> None:
        """On."""
        self._device["data_saver_mode"] = True

    def turn_data_saver_mode_off(self) -> None:
        """Off."""
        self._device["data_saver_mode"] = False

    def unseat_sim_card(self) -> None:
        """Taken out."""
        self._device["sim_card_missing"] = True
        self.simulate_network_search()

    def lock_sim_card(self, mode: str) -> None:
        """Locked with a PIN or PUK."""
        self._device["sim_card_status"] = f"locked_{mode}"
        self.simulate_network_search()

    def break_apn_settings(self) -> None:
        """No data path."""
        self._device["active_apn_settings"]["apn_name"] = "broken"
        self.simulate_network_search()

    def break_apn_mms_setting(self) -> None:
        """No path for pictures."""
        self._device["active_apn_settings"]["mmsc_url"] = None

    def break_vpn(self) -> None:
        """On, and slow."""
        self.connect_vpn()
        self._vpn["server_performance"] = "poor"

    def set_wifi_calling(self, enabled: bool, mms_over_wifi: bool | None = None) -> None:
        """On or off, pictures too."""
        self._device["wifi_calling_enabled"] = enabled
        if mms_over_wifi is not None:
            self._device["wifi_calling_mms_over_wifi"] = mms_over_wifi

    def remove_app_permission(self, app_name: str, permission: str) -> None:
        """Take a right away."""
        self._device["app_statuses"][app_name]["permissions"][permission.lower()] = False

    # What it shows.

    def check_status_bar(self) -> str:
        """The line at the top."""
        return f"Status Bar: {self._bar()}"

    def check_network_status(self) -> str:
        """All about the connection."""
        device = self._device
        lines = [
            f"Airplane Mode: {'ON' if device['airplane_mode'] else 'OFF'}",
            f"SIM Card Status: {self._sim}",
            f"Cellular Connection: {device['network_connection_status']}",
            f"Cellular Signal: {device['network_signal_strength']}",
            f"Cellular Network Type: {device['network_technology_connected']}",
            f"Mobile Data Enabled: {'Yes' if device['data_enabled'] else 'No'}",
            f"Data Roaming Enabled: {'Yes' if device['roaming_enabled'] else 'No'}",
            f"Wi-Fi Radio: {'ON' if device['wifi_enabled'] else 'OFF'}",
            f"Wi-Fi Connected: {'Yes' if device['wifi_connected'] else 'No'}",
        ]
        if device["wifi_connected"]:
            lines.append(f"Connected Wi-Fi Network: {device['wifi_ssid']}")
        return "\n".join(lines)

    def check_network_mode_preference(self) -> str:
        """Which networks it looks for."""
        return f"Network Mode Preference: {self._device['network_mode_preference']}"

    def run_speed_test(self) -> str:
        """How fast it is."""
        speed, name, advice = self._speed()
        if speed is None:
            return "Speed test failed: No Connection."
        return f"Speed Test Result: {speed:.2f} Mbps ({name}). {advice}"

    def check_sim_status(self) -> str:
        """The card."""
        return _SIM[self._sim]

    def check_data_restriction_status(self) -> str:
        """Whether it saves data."""
        if self._device["data_saver_mode"]:
            return "Data Saver mode is ON (limits data usage)."
        return "Data Saver mode is OFF."

    def check_apn_settings(self) -> str:
        """The access point."""
        settings = self._device["active_apn_settings"]
        return (
            f"Current APN Name: {settings['apn_name'] or 'Not Set'}\n"
            f"MMSC URL (for picture messages): {settings['mmsc_url'] or 'Not Set'}\n"
            "(These are technical settings, usually best left unchanged.)"
        )

    def check_wifi_status(self) -> str:
        """Wi-Fi."""
        device = self._device
        if not device["wifi_enabled"]:
            return "Wi-Fi is turned OFF."
        if not device["wifi_connected"]:
            return "Wi-Fi is ON but not connected to any network."
        signal = device["wifi_signal_strength"]
        return f"Wi-Fi is ON and connected to '{device['wifi_ssid']}'. Signal strength: {signal}."

    def check_wifi_calling_status(self) -> str:
        """Calls over Wi-Fi."""
        return f"Wi-Fi Calling is currently turned {'ON' if self._device['wifi_calling_enabled'] else 'OFF'}."

    def check_vpn_status(self) -> str:
        """The tunnel."""
        device = self._device
        if device["vpn_connected"]:
            details = device["vpn_details"]
            shown = f" Details: {details}" if details else ""
            return (
                f"VPN is ON and connected.{shown}"
                if shown
                else "VPN is ON and connected (no specific details available)."
            )
        if device["vpn_enabled_setting"]:
            return "VPN is turned ON in settings, but currently not connected."
        return "VPN is turned OFF."

    def check_installed_apps(self) -> str:
        """Which apps there are."""
        return f"The following apps are installed on the phone: {', '.join(self._device['app_statuses'])}"

    def check_app_status(self, app_name: str) -> str:
        """One app."""
        if (granted := self._granted(app_name)) is None:
            return f"App '{app_name}' not found on this phone."
        rights = [f"   - {name}" for name in granted]
        head = " - Permissions Granted:" if rights else " - Permissions: None granted."
        return "\n".join([f"Status for App: {app_name}", head, *rights])

    def check_app_permissions(self, app_name: str) -> str:
        """What an app may do."""
        if (granted := self._granted(app_name)) is None:
            return f"App '{app_name}' not found on this phone."
        if not granted:
            return f"App '{app_name}' currently has no permissions granted."
        return f"App '{app_name}' has permission for: {', '.join(granted)}."

    def can_send_mms(self) -> str:
        """Picture messages."""
        return f"Your messaging app {'can' if self._sends_mms else 'cannot'} send MMS messages."

    def check_payment_request(self) -> str:
        """Whether there is something to pay."""
        request = self._surroundings["payment_request"]
        if request is None:
            return "No payment request has been made."
        return f"You have a payment request for bill {request['bill_id']} of {request['amount_due']} USD."

    # What a task checks at its end.

    def assert_airplane_mode_status(self, expected_status: bool) -> bool:
        """A task's own check."""
        return self._device["airplane_mode"] == expected_status

    def assert_service_status(self, expected_status: str) -> bool:
        """A task's own check."""
        return self._device["network_connection_status"] == expected_status

    def assert_mobile_data_status(self, expected_status: bool) -> bool:
        """A task's own check."""
        return self._has_data == expected_status

    def assert_mobile_roaming_status(self, expected_status: bool) -> bool:
        """A task's own check."""
        return self._device["roaming_enabled"] == expected_status

    def assert_mobile_data_saver_mode_status(self, expected_status: bool) -> bool:
        """A task's own check."""
        return self._device["data_saver_mode"] == expected_status

    def assert_internet_speed(self, expected_speed: float, expected_desc: str | None = None) -> bool:
        """A task's own check."""
        speed, name, _ = self._speed()
        return (speed or 0.0) >= expected_speed and (expected_desc or name).lower() == name.lower()

    def assert_internet_not_excellent(self) -> bool:
        """A task's own check."""
        return self._speed()[1] != "Excellent"

    def assert_can_send_mms(self, expected_status: bool) -> bool:
        """A task's own check."""
        return self._sends_mms == expected_status

    def assert_mobile_data_usage_exceeded(self, expected_status: bool) -> bool:
        """A task's own check."""
        return self._surroundings["mobile_data_usage_exceeded"] == expected_status

    @property
    def _has_data(self) -> bool:
        device, around = self._device, self._surroundings
        may_roam = device["roaming_enabled"] and around["roaming_allowed"]
        return (
            not device["airplane_mode"]
            and device["network_signal_strength"] != "none"
            and device["network_connection_status"] != "no_service"
            and (may_roam or not around["is_abroad"])
            and device["data_enabled"]
            and not around["mobile_data_usage_exceeded"]
        )

    @property
    def _sends_mms(self) -> bool:
        device = self._device
        over_wifi = device["wifi_calling_enabled"] and device["wifi_calling_mms_over_wifi"]
        granted = self._granted("messaging") or []
        return (
            self._has_data
            and device["network_technology_connected"] != "2G"
            and not over_wifi
            and device["active_apn_settings"]["mmsc_url"] is not None
            and {"storage", "sms"} <= set(granted)
        )

    def _granted(self, app_name: str) -> list[str] | None:
        app: Json | None = self._device["app_statuses"].get(app_name)
        return None if app is None else [name for name, is_granted in app["permissions"].items() if is_granted]

    def _speed(self) -> tuple[float | None, str, str]:
        """Megabits a second, what that is called, and what it is good for."""
        if not self._has_data:
            return None, "No Connection", ""
        device = self._device
        factor = 0.2 if device["data_saver_mode"] else 1.0
        vpn: Json = device["vpn_details"] or {}
        if device["vpn_connected"] and vpn.get("server_performance") == "poor":
            factor *= 0.1
        low, high = _SPEEDS.get(device["network_technology_connected"], (0.0, 0.0))
        speed = round((low + high) / 2.0 * _STRENGTH.get(device["network_signal_strength"], 0.0) * factor, 2)
        name, advice = next((name, advice) for limit, name, advice in _GRADES if speed < limit)
        return speed, name, advice
